/** The robot is round. */
export const robotRadiusMm = 250;
