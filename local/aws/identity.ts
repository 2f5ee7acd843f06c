/** Who and where the in-process AWS says it is. */
export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
