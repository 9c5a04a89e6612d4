/** sshd(8) drops some of those that come while so many have not logged in yet: MaxStartups, 10 unless it is set. */
export const MOST_STARTUPS = 8
