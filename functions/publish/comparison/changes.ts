import type { Definition } from '../../../shared/core/definition/types.ts';
import { fillSql, sqlText } from '../../../shared/sql-text.ts';
import type { Asking } from './asking.ts';
import { aroundSql, type ComparedRange, daysSql } from './range.ts';
import type { Reason } from './reasons.ts';
import { text, texts } from './sql-literals.ts';
import { listedEvents, type SiteSettings, whySplitSql } from './why-split.ts';

const SQL = sqlText(import.meta.url, 'changes.sql');
const LISTED = sqlText(import.meta.url, 'listed.sql');

/** One side of a comparison: what is live, or what is proposed. */
export interface ComparedSide {
  definition: Definition;
  sites: Record<string, SiteSettings>;
  /** Slice of `sessions`, and of `events` where that is computed. */
  slices: { sessions: string; events?: string };
}

/** A session that a reason is shown by. */
export interface Pick {
  session_id: string;
  site: string;
  visitor_id: string;
  dt: string;
}

export interface Changes {
  /** Every reason that a session has, with the number of its sessions. */
  counts: Map<Reason, number>;
  picks: Map<Reason, Pick[]>;
}

/** How many sessions show a reason. */
const SHOWN = 3;

/**
 * What becomes of every session of a range when one slice takes the place of another (reasons.ts). The
 * sessions picked for a reason are those of the smallest ids among the smallest for each first two digits.
 */
export async function changesOf(
  asking: Asking,
  now: ComparedSide,
  then: ComparedSide,
  range: ComparedRange,
): Promise<Changes> {
  const around = aroundSql(range);
  const names = listedEvents(then.definition, range.sites);
  const events = now.slices.events;
  const looksUp = names.length > 0 && events !== undefined;
  const listed = looksUp ? fillSql(LISTED, { events: text(events), around, names: texts(names) }) : '';
  const join =
    'LEFT JOIN listed ON listed_site = p.site AND listed_visitor = p.visitor_id AND listed_at = p.started_at';
  const sites = Object.fromEntries(range.sites.map((site) => [site, then.sites[site]!]));
  const sql = fillSql(SQL, {
    slice_now: text(now.slices.sessions),
    slice_then: text(then.slices.sessions),
    around,
    now_inside: daysSql('n.dt', range.from, range.to),
    then_inside: daysSql('t.dt', range.from, range.to),
    listed,
    is_listed: looksUp ? 'listed_at IS NOT NULL' : 'false',
    join_listed: looksUp ? join : '',
    why_split: whySplitSql(then.definition, sites),
  });
  const { rows } = await asking.query(sql);
  const changes: Changes = { counts: new Map(), picks: new Map() };
  for (const [name, , sessions, session_id, site, visitor_id, dt] of rows) {
    const reason = name as Reason;
    changes.counts.set(reason, (changes.counts.get(reason) ?? 0) + Number(sessions));
    const picks = changes.picks.get(reason) ?? [];
    picks.push({ session_id: session_id!, site: site!, visitor_id: visitor_id!, dt: dt! });
    changes.picks.set(reason, picks);
  }
  for (const [reason, picks] of changes.picks) {
    picks.sort((a, b) => (a.session_id < b.session_id ? -1 : 1));
    changes.picks.set(reason, picks.slice(0, SHOWN));
  }
  return changes;
}
