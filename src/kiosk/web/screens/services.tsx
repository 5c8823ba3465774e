import { useState } from 'preact/hooks';
import { mostServices, type PriorityClass, type Service } from '../../../behaviour/model.ts';
import { Actions, Button } from '../button.tsx';
import { type Kiosk, useActivity, useKiosk } from '../kiosk-context.ts';

/**
 * Services of today with their queues. A touch takes a ticket at once; who needs several counters says so first, then gathers them in
 * her order. A priority class may be claimed before.
 */
export function Services({ services, priorityClasses }: { services: Service[]; priorityClasses: PriorityClass[] }) {
  const { text, send } = useKiosk();
  const active = useActivity();
  const [priorityClass, setPriorityClass] = useState<PriorityClass>('none');
  /** Null: one service, as nearly everybody needs. */
  const [chain, setChain] = useState<string[] | null>(null);
  if (services.length === 0) return <p class="empty">{text('services.none')}</p>;
  const change = (next: string[] | null) => {
    setChain(next);
    active();
  };
  const take = ([serviceId, ...followedBy]: string[]) =>
    serviceId !== undefined && send({ type: 'service', serviceId, followedBy, priorityClass });
  return (
    <div class="services">
      <div class="service-list" onScroll={active}>
        {services.map((service) => (
          <ServiceButton
            key={service.serviceId}
            service={service}
            chain={chain}
            press={() => (chain === null ? take([service.serviceId]) : change(toggled(chain, service.serviceId)))}
          />
        ))}
      </div>
      <ChainChoice chain={chain} change={change} take={take} />
      <PriorityChoice
        classes={priorityClasses}
        chosen={priorityClass}
        choose={(chosen) => {
          setPriorityClass(chosen);
          active();
        }}
      />
    </div>
  );
}

const toggled = (chain: string[], serviceId: string) =>
  chain.includes(serviceId) ? chain.filter((one) => one !== serviceId) : [...chain, serviceId];

/** `chain`: what is chosen so far; a chosen service shows its place and is removed by the next touch. */
function ServiceButton({ service, chain, press }: { service: Service; chain: string[] | null; press(): void }) {
  const { text, language } = useKiosk();
  const place = chain?.indexOf(service.serviceId) ?? -1;
  const full = chain !== null && chain.length >= mostServices && place < 0;
  return (
    <button
      type="button"
      class={place < 0 ? 'service' : 'service service-chosen'}
      disabled={!service.open || full}
      aria-pressed={chain === null ? undefined : place >= 0}
      onClick={press}
    >
      <span class="service-prefix">{service.prefix}</span>
      <span class="service-words">
        <strong>{service.name[language]}</strong>
        <span>{service.open ? queueText(service, text) : text('services.open', { hours: service.hours })}</span>
      </span>
      {!service.open && <span class="service-closed">{text('services.closed')}</span>}
      {place >= 0 && <span class="service-place">{place + 1}</span>}
    </button>
  );
}

interface ChainProps {
  chain: string[] | null;
  change(chain: string[] | null): void;
  take(chain: string[]): void;
}

/** The way to several counters with one number, and from there to the ticket or back to a single one. */
function ChainChoice({ chain, change, take }: ChainProps) {
  const { text } = useKiosk();
  if (chain === null)
    return (
      <div class="chain">
        <Button icon="add" onPress={() => change([])}>
          {text('services.several')}
        </Button>
      </div>
    );
  return (
    <div class="chain chain-open">
      <p>{text('services.severalHint', { most: mostServices })}</p>
      <Actions>
        <Button icon="no" onPress={() => change(null)}>
          {text('services.single')}
        </Button>
        <Button kind="primary" icon="ticket" disabled={chain.length === 0} onPress={() => take(chain)}>
          {text('services.take', { count: chain.length })}
        </Button>
      </Actions>
    </div>
  );
}

function queueText(service: Service, text: Kiosk['text']): string {
  if (service.waitingCount === 0) return text('services.nobodyWaiting');
  const waiting = text('services.waiting', { count: service.waitingCount });
  return `${waiting}, ${text('services.estimate', { minutes: service.estimatedWaitMin })}`;
}

interface PriorityProps {
  classes: PriorityClass[];
  chosen: PriorityClass;
  choose(priorityClass: PriorityClass): void;
}

export function PriorityChoice({ classes, chosen, choose }: PriorityProps) {
  const { text } = useKiosk();
  return (
    <fieldset class="priority">
      <legend>
        {text('priority.title')} <span>{text('priority.hint')}</span>
      </legend>
      <div class="chips">
        {classes.map((each) => (
          <button key={each} type="button" class="chip" aria-pressed={each === chosen} onClick={() => choose(each)}>
            {text(`priority.${each}`)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
