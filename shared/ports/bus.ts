/** Announcements for whoever listens: hints, never the truth. Source is always `retcon`. */
export interface Bus {
  announce(events: readonly Announcement[]): Promise<void>;
}

export interface Announcement {
  /** The detail-type of CONTRACT "Events on the bus", e.g. `Partition Compacted`. */
  type: string;
  detail: Record<string, unknown>;
}
