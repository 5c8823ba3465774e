import { useState } from 'preact/hooks';
import { type PriorityClass, priorityClasses } from '../../../behaviour/model.ts';
import type { Language } from '../../../core/language.ts';
import type { ProcedureDetail } from '../../catalogue.ts';
import type { ProcedureSummary } from '../../view.ts';
import { Actions, Button } from '../button.tsx';
import { dateText } from '../dates.ts';
import { Icon, type IconName } from '../icons.tsx';
import { Keyboard } from '../keyboard/keyboard.tsx';
import { useActivity, useKiosk } from '../kiosk-context.ts';
import { type Fetched, useFetched } from '../use-fetched.ts';
import { PriorityChoice } from './services.tsx';

const listUrl = (query: string, language: Language) => `/api/procedures?q=${encodeURIComponent(query)}&lang=${language}`;
const detailUrl = (code: string, language: Language) => `/api/procedures/${encodeURIComponent(code)}?lang=${language}`;

/** As the server allows. */
const queryLimit = 100;

/** The catalogue with a search that needs no diacritics. */
export function Procedures() {
  const { text, language } = useKiosk();
  const active = useActivity();
  const [query, setQuery] = useState('');
  const found = useFetched<{ procedures: ProcedureSummary[] }>(listUrl(query, language));
  const change = (next: string) => {
    setQuery(next.replace(/\n/g, '').slice(0, queryLimit));
    active();
  };
  return (
    <div class="writing">
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label={text('procedures.search')}
          placeholder={text('procedures.placeholder')}
          inputMode="none"
          maxLength={queryLimit}
          value={query}
          onInput={(event) => change(event.currentTarget.value)}
        />
      </div>
      <div class="results" onScroll={active}>
        <Results found={found} />
      </div>
      <Keyboard key={language} value={query} onChange={change} oneLine />
    </div>
  );
}

function Results({ found }: { found: Fetched<{ procedures: ProcedureSummary[] }> }) {
  const { text, send } = useKiosk();
  if (found.state === 'failed') return <p class="empty">{text('procedures.unavailable')}</p>;
  if (found.state === 'loading') return <p class="empty">{text('common.loading')}</p>;
  const { procedures } = found.value;
  if (procedures.length === 0) return <p class="empty">{text('procedures.empty')}</p>;
  return (
    <>
      {procedures.map(({ code, name }) => (
        <button key={code} type="button" class="result" onClick={() => send({ type: 'procedure', code })}>
          <span>
            <strong>{name}</strong>
            <span>{code}</span>
          </span>
          <Icon name="next" />
        </button>
      ))}
    </>
  );
}

/** Everything the catalogue says about one procedure, and a ticket where a service handles it today. */
export function ProcedureDetails({ code, serviceId }: { code: string; serviceId: string | null }) {
  const { text, language } = useKiosk();
  const active = useActivity();
  const found = useFetched<ProcedureDetail>(detailUrl(code, language));
  return (
    <div class="procedure">
      <div class="procedure-text" onScroll={active}>
        {found.state === 'loading' && <p class="empty">{text('common.loading')}</p>}
        {found.state === 'failed' && <p class="empty">{text('procedures.unavailable')}</p>}
        {found.state === 'ready' && <ProcedureText detail={found.value} />}
      </div>
      {serviceId === null ? <p class="advice">{text('procedure.noService')}</p> : <TicketForProcedure serviceId={serviceId} />}
    </div>
  );
}

function TicketForProcedure({ serviceId }: { serviceId: string }) {
  const { text, send } = useKiosk();
  const [priorityClass, setPriorityClass] = useState<PriorityClass>('none');
  return (
    <div class="procedure-ticket">
      <PriorityChoice classes={[...priorityClasses]} chosen={priorityClass} choose={setPriorityClass} />
      <Actions>
        <Button kind="primary" icon="ticket" onPress={() => send({ type: 'service', serviceId, followedBy: [], priorityClass })}>
          {text('procedure.takeTicket')}
        </Button>
      </Actions>
    </div>
  );
}

function ProcedureText({ detail }: { detail: ProcedureDetail }) {
  const { text, language } = useKiosk();
  const source = [
    detail.legalNote,
    detail.decision === undefined ? null : text('procedure.decision', { decision: detail.decision }),
    text('procedure.dataDate', { date: dateText(detail.dataDate, language) }),
  ];
  return (
    <>
      <h2>{detail.name}</h2>
      <dl class="facts">
        <Fact icon="clock" term={text('procedure.time')} value={detail.processingTime} />
        <Fact icon="fee" term={text('procedure.fee')} value={detail.fee} />
        <Fact icon="person" term={text('procedure.who')} value={detail.whoMayApply} />
      </dl>
      <h3>{text('procedure.documents')}</h3>
      <ul class="documents">
        {detail.documents.map((document) => (
          <li key={document}>{document}</li>
        ))}
      </ul>
      <p class="source">
        {text('procedure.legal')}: {source.filter(Boolean).join(' · ')}
      </p>
    </>
  );
}

function Fact({ icon, term, value }: { icon: IconName; term: string; value: string }) {
  return (
    <div class="fact">
      <Icon name={icon} />
      <dt>{term}</dt>
      <dd>{value}</dd>
    </div>
  );
}
