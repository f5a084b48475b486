/** Of the packages, which go together; records that outlive it name it. */
export const DYNAMO_VERSION = '0.1.0';
