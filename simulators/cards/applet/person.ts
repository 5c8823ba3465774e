/** Whom a card is issued to. Invented people only. Empty where the card has nothing to say. */
export interface CardPerson {
  /** 12 digits. */
  idNumber: string;
  oldIdNumber: string;
  fullName: string;
  /** YYYY-MM-DD. */
  birthDate: string;
  sex: 'Nam' | 'Nữ';
  placeOfOrigin: string;
  placeOfResidence: string;
  marks: string;
  /** YYYY-MM-DD. */
  issuedDate: string;
  /** YYYY-MM-DD, or the words the card has: `Không thời hạn`. */
  expiryDate: string;
  father: string;
  mother: string;
  spouse: string;
}

export const withoutExpiry = 'Không thời hạn';

/** Stand in fields 6 and 7 (ethnicity, religion) of every card: found anywhere outside the chip, they prove a breach. */
export const plantedEthnicity = 'PLANTED-ETHNICITY-6';
export const plantedReligion = 'PLANTED-RELIGION-7';

/** Names that say they are none: Mẫu is "sample", Thử "trial". */
export const inventedPeople = {
  sample: {
    idNumber: '079190012345',
    oldIdNumber: '',
    fullName: 'Nguyễn Thị Mẫu',
    birthDate: '1990-01-15',
    sex: 'Nữ',
    placeOfOrigin: 'Xã Mẫu, Huyện Thử, Tỉnh Không Có',
    placeOfResidence: '1 Đường A, Phường B, TP. Hồ Chí Minh',
    marks: 'Nốt ruồi C: 1cm trên sau cánh mũi trái',
    issuedDate: '2024-08-02',
    expiryDate: '2030-01-15',
    father: 'Nguyễn Văn Mẫu',
    mother: 'Trần Thị Ví Dụ',
    spouse: '',
  },
  trial: {
    idNumber: '001058054321',
    oldIdNumber: '012345678',
    fullName: 'Trần Đặng Thử',
    birthDate: '1958-11-30',
    sex: 'Nam',
    placeOfOrigin: 'Phường Thử, Quận Mẫu, Hà Nội',
    placeOfResidence: 'Tổ 9, Phường Thử Nghiệm, Hà Nội',
    marks: 'Sẹo chấm C: 2cm dưới trước đuôi mắt phải',
    issuedDate: '2021-12-20',
    expiryDate: withoutExpiry,
    father: 'Trần Văn Ví Dụ',
    mother: 'Đặng Thị Mẫu',
    spouse: 'Lê Thị Ví Dụ',
  },
} satisfies Record<string, CardPerson>;
