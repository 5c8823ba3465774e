import { useState } from 'preact/hooks';
import type { PriorityClass, Service } from '../../../behaviour/model.ts';
import { type Kiosk, useActivity, useKiosk } from '../kiosk-context.ts';

/** Services of today with their queues; a priority class may be claimed first. */
export function Services({ services, priorityClasses }: { services: Service[]; priorityClasses: PriorityClass[] }) {
  const { text, language, send } = useKiosk();
  const active = useActivity();
  const [priorityClass, setPriorityClass] = useState<PriorityClass>('none');
  if (services.length === 0) return <p class="empty">{text('services.none')}</p>;
  return (
    <div class="services">
      <div class="service-list" onScroll={active}>
        {services.map((service) => (
          <button
            key={service.serviceId}
            type="button"
            class="service"
            disabled={!service.open}
            onClick={() => send({ type: 'service', serviceId: service.serviceId, priorityClass })}
          >
            <span class="service-prefix">{service.prefix}</span>
            <span class="service-words">
              <strong>{service.name[language]}</strong>
              <span>{service.open ? queueText(service, text) : text('services.open', { hours: service.hours })}</span>
            </span>
            {!service.open && <span class="service-closed">{text('services.closed')}</span>}
          </button>
        ))}
      </div>
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
