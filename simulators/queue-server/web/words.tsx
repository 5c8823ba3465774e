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

interface Marked {
  priorityClass: string;
  origin: string;
  absences?: number;
  notBefore?: string | null;
  transferred?: boolean;
  followedBy?: readonly string[];
}

/** Marks of a ticket that the officer must know: priority, booked online, given offline, absent before, transferred. */
export function Marks({ priorityClass, origin, absences = 0, notBefore = null, transferred = false, followedBy = [] }: Marked) {
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
      {transferred && <span class="mark mark-priority">Chuyển đến</span>}
      {absences > 0 && <span class="mark">{notBefore ? `Vắng, gọi lại sau ${timeOf(notBefore)}` : `Vắng ${absences} lần`}</span>}
      {followedBy.length > 0 && <span class="mark">{`+ ${followedBy.length} lĩnh vực`}</span>}
    </>
  );
}

/** `14:05` of an ISO time. */
export const timeOf = (iso: string): string => iso.slice(11, 16);
