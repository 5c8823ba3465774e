/** A key pair for trying out decryption with the examples. It protects nothing: never use it. */
export const exampleKey = {
  kty: 'EC',
  crv: 'P-256',
  x: '4GJwoOojpKDWmIkqWIm4kVh7KjGVDKkbeM00Xg1Glk0',
  y: '-OfjiTGgxrs0Zw0v-e6iYlJQaZd6vPrAsPHi5WNQtOE',
  d: 'kj6EF5nrsEwKUDgWS5ik-2z7h5BQ59XJwBmMdap83FA',
} as const;

/** Invented people. */
export const exampleContents = {
  petitions: { kind: 'petition', text: 'Đề nghị phường sửa đèn đường ở ngõ 12.' },
  registrations: {
    kind: 'registration',
    people: [
      {
        idNumber: '001190000001',
        oldIdNumber: '',
        fullName: 'TRẦN THỊ MẪU',
        birthDate: '1990-01-15',
        sex: 'Nữ',
        address: 'Số 1, ngõ Mẫu, Cửa Nam, Hà Nội',
        issuedDate: '2022-05-04',
      },
      {
        idNumber: '001089000002',
        oldIdNumber: '012345678',
        fullName: 'LÊ VĂN VÍ DỤ',
        birthDate: '1989-07-30',
        sex: 'Nam',
        address: 'Số 2, ngõ Mẫu, Cửa Nam, Hà Nội',
        issuedDate: '2021-11-20',
      },
    ],
  },
} as const;

/** The contents above, sealed to {@link exampleKey}. */
export const exampleJwe = {
  petitions:
    'eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImVwayI6eyJ4IjoiRjg1ak5NVmdWdHpCSmhhUld2clBvcm1CWlZSTWhrUFNYd1gxRmc2cGlEbyIsImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ5IjoiejR1bDdXTTc2RG5lLWx4VU5tM1NFVU9mbmZIQjdqQlRRZWdDV3Z6WFJBdyJ9fQ..QMfOaAHbur0lKIX_.IFSCWUbX5f0hJJvaoBcEpxMUOmYTdfF1Mi0m5RSllMf7WueSlYTnRTmZETOG9AT8hYJq6NYNN0WhtUqCqOrv_mk2a1vgqwDHj6r3Gu1H-wVtYhE2bT0.Vp6hPFsz-4xL0O4RcwDP4Q',
  registrations:
    'eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImVwayI6eyJ4IjoiNXV5bXNHSm1NbURIbllyT09MTXRkUlc2TEloamNJS3JsdFpnLUZqb2dKUSIsImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ5IjoiQjJodm1WRHV3aUw5NElGdHFiRXdoanNLNjRfQU5yeEUxYVhlV2lIUUVHNCJ9fQ..wB5VK7i2Bkb4Lwxt.WapzqmUAogrD9CHU0tapbGpyRTN4XAq49g2I9CD8Puu5vtBE1jEFXxbP4Y5GZT6Oodj9WjhrRWSzMXQ5Vug16O7xhlXwkUepUSKJ_bTovz5SVyNEyhSMAlhk6gM-Xn7CwrcjT_ODd_AskoTNX9Y2WeQkxyxzOAnm7NtFWZxPnL3Bacy5h2aYDDY-qINQEfy-iLtVcrs0ACMCmnakmM7wskutFY1cMmKAH5JAoDHAFvndXyOML2LJM6HFBO--4ju_R6oFUJe4l3q7N87ABS_u9GXS1BPnr4VnTZCG6dUopUPnRXi8FGWDmTHBC6rbJWscNN85tKjvo2A4KBYKzYj8_jmintDhe0Ek4xzWfywLQEPMuX9kGTDPA7t29jr7BufumY2tgJQh_bTXD5VUfxiQJzarQrVp45bmvHDjrtNAGH-qvAtkGJh05p6x6_86U7Nz7U_B4z3kYXTo-_D3qf-cADkdrwMfz94UGOzU4xlZ9zA2-FnV9RT7i9qFm4Lkg2BFsKTQNUXHLNYSqjinkd6p6KbcnbVDqpZYXsFnLtjfpZSO-GpGz6ZGjF2eYniC.2j4QB0O-w7_5dv19F6s9_Q',
} as const;
