/** Vietnamese first, English small beside it. */
export function Words({ vi, en }: { vi: string; en: string }) {
  return (
    <span class="words">
      {vi} <small lang="en">{en}</small>
    </span>
  );
}

const priorities: Record<string, { vi: string; en: string }> = {
  elderly: { vi: 'Người cao tuổi', en: 'elderly' },
  pregnant: { vi: 'Mang thai', en: 'pregnant' },
  disabled: { vi: 'Khuyết tật', en: 'disabled' },
  withChild: { vi: 'Có trẻ nhỏ', en: 'with child' },
  veteran: { vi: 'Người có công', en: 'veteran' },
};
const origins: Record<string, { vi: string; en: string }> = {
  booking: { vi: 'Hẹn trước', en: 'booked' },
  lease: { vi: 'Cấp khi mất mạng', en: 'given offline' },
};

/** Marks of a ticket that the officer must know: priority, booked online, given offline. */
export function Marks({ priorityClass, origin }: { priorityClass: string; origin: string }) {
  const priority = priorities[priorityClass];
  const source = origins[origin];
  return (
    <>
      {priority && (
        <span class="mark mark-priority">
          <Words {...priority} />
        </span>
      )}
      {source && (
        <span class="mark">
          <Words {...source} />
        </span>
      )}
    </>
  );
}

/** `14:05` of an ISO time. */
export const timeOf = (iso: string): string => iso.slice(11, 16);
