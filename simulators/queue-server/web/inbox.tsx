import type { OpenedPetition, OpenedRegistration } from '../archive.ts';
import { useAnswer } from './api.ts';
import { timeOf, Words } from './words.tsx';

/** Names of the fields a card gives; other fields are shown under their own name. */
const fieldNames: Record<string, string> = {
  fullName: 'Họ và tên',
  idNumber: 'Số định danh',
  oldIdNumber: 'Số CMND cũ',
  birthDate: 'Ngày sinh',
  sex: 'Giới tính',
  address: 'Nơi thường trú',
  issuedDate: 'Ngày cấp',
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function Empty({ vi, en }: { vi: string; en: string }) {
  return (
    <p class="card soft">
      <Words vi={vi} en={en} />
    </p>
  );
}

export function Registrations({ trigger }: { trigger: unknown }) {
  const list = useAnswer<OpenedRegistration[]>('registrations', trigger);
  if (list?.length === 0) return <Empty vi="Chưa có hồ sơ nào được gửi từ robot." en="No registrations yet." />;
  return (
    <div class="papers">
      {list?.map(({ registrationId, personCount, receivedAt, content }) => (
        <article class="card" key={registrationId}>
          <h2>
            <Words vi={personCount > 1 ? `${personCount} người` : 'Một người'} en={`received ${timeOf(receivedAt)}`} />
          </h2>
          <People content={content} />
        </article>
      ))}
    </div>
  );
}

function People({ content }: { content: unknown }) {
  const people = isObject(content) && Array.isArray(content.people) ? content.people.filter(isObject) : [];
  if (people.length === 0) return <p class="soft">Không mở được bằng khóa của quầy này.</p>;
  return (
    <>
      {people.map((person) => (
        <dl key={String(person.idNumber)}>
          {Object.entries(person)
            .filter(([, value]) => value !== '')
            .map(([field, value]) => (
              <div key={field}>
                <dt>{fieldNames[field] ?? field}</dt>
                <dd>{String(value)}</dd>
              </div>
            ))}
        </dl>
      ))}
    </>
  );
}

export function Petitions({ trigger }: { trigger: unknown }) {
  const list = useAnswer<OpenedPetition[]>('petitions', trigger);
  if (list?.length === 0) return <Empty vi="Chưa có kiến nghị nào." en="No petitions yet." />;
  return (
    <div class="papers">
      {list?.map(({ receiptNumber, receivedAt, content }) => (
        <article class="card" key={receiptNumber}>
          <h2>
            <Words vi={receiptNumber} en={`received ${timeOf(receivedAt)}`} />
          </h2>
          <p class="letter">
            {isObject(content) && typeof content.text === 'string' ? content.text : 'Không mở được bằng khóa của quầy này.'}
          </p>
        </article>
      ))}
    </div>
  );
}
