/** A user has two hands and perhaps a desk phone; more is a mistake or an attack. */
export const mostFactors = 5;

/** Past this, the device that was heard of longest ago makes room. */
export const mostDevices = 10;
