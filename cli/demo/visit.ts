import { HOUR, MINUTE, type SentEvent } from './beacon.ts';
import { ARTICLES, articlePath, CATEGORIES, PRODUCTS, type Product } from './pages.ts';
import type { Person } from './people.ts';
import { addressOf, filled, type Place } from './places.ts';
import type { Prng } from './prng.ts';

type More = Omit<SentEvent, 'id' | 'type' | 'time' | 'seq'>;

/** Writes down what one person does on a site, at the true time. */
class Diary {
  readonly events: SentEvent[] = [];
  readonly person: Person;
  readonly random: Prng;
  now: number;

  constructor(person: Person, random: Prng, start: number) {
    this.person = person;
    this.random = random;
    this.now = start;
  }

  note(type: SentEvent['type'], more: More): void {
    const { person, random, now } = this;
    person.seq++;
    this.events.push({ id: random.hex(32), type, time: now, seq: person.seq, ...more });
  }

  /** Time passes; now and then somebody is called away, sometimes for longer than a session waits. */
  wait(lowSeconds: number, highSeconds: number): void {
    this.now += this.random.whole(lowSeconds * 1000, highSeconds * 1000);
    if (this.random.chance(0.03)) this.now += this.random.whole(4 * MINUTE, 25 * MINUTE);
    else if (this.random.chance(0.012)) this.now += this.random.whole(31 * MINUTE, 3 * HOUR);
  }
}

/** What a person does between coming and leaving; times are true, in order. */
export function visitOf(place: Place, person: Person, start: number, random: Prng): SentEvent[] {
  const diary = new Diary(person, random, start);
  if (place.site === 'shop') shopping(place, diary);
  else reading(place, diary);
  return diary.events;
}

function shopping(place: Place, diary: Diary): void {
  const { person, random } = diary;
  const cart: Product[] = [];
  let from = arrival(place, diary);
  let product: Product | null = null;
  const steps = random.runLength(0.8, 24);
  for (let step = 0; step < steps; step++) {
    if (step > 0) diary.wait(4, 95);
    const before: Product | null = product;
    product = random.chance(0.6) ? random.pick(PRODUCTS) : null;
    const path =
      product?.path ?? (step === 0 && random.chance(0.5) ? '/' : `/category/${random.pick(CATEGORIES)}`);
    const title = product?.title ?? (path === '/' ? 'Tea things' : path.slice('/category/'.length));
    from = show(place, diary, path, title, from, step > 0);
    const more: More = { url: addressOf(place, path) };
    if (product === null && random.chance(0.5)) {
      const { title: shown } = random.pick(PRODUCTS);
      diary.note('impression', {
        ...more,
        name: 'recommendation',
        properties: { item: shown, place: 'list' },
      });
    }
    if (product !== null && product !== before && random.chance(0.22)) {
      diary.wait(3, 20);
      cart.push(product);
      const properties = { item: product.title, category: product.category };
      diary.note('event', { ...more, name: 'add_to_cart', value: product.price, properties });
    }
  }
  if (cart.length === 0 || random.chance(0.35)) return;
  diary.wait(3, 30);
  from = show(place, diary, '/cart', 'Cart', from, true);
  if (random.chance(0.3)) return;
  diary.wait(5, 40);
  from = show(place, diary, '/checkout', 'Checkout', from, true);
  if (person.user === null || random.chance(0.5)) {
    person.user ??= `u-${person.id.slice(0, 8)}`;
    diary.note('identify', { user: person.user, url: addressOf(place, '/checkout') });
  }
  if (random.chance(0.25)) return;
  diary.wait(20, 90);
  show(place, diary, '/checkout/thanks', 'Thank you', from, true);
  const value = cart.reduce((sum, { price }) => sum + price, 0);
  const properties = { order: random.hex(10), items: cart.map(({ title }) => title) };
  const url = addressOf(place, '/checkout/thanks');
  diary.note('event', { name: 'purchase', value, user: person.user, url, properties });
}

function reading(place: Place, diary: Diary): void {
  const { person, random } = diary;
  let from = arrival(place, diary);
  const steps = random.runLength(0.45, 8);
  for (let step = 0; step < steps; step++) {
    if (step > 0) diary.wait(20, 240);
    const title = random.pick(ARTICLES);
    from = show(place, diary, articlePath(title), title, from, step > 0);
    if (random.chance(0.45)) {
      diary.wait(15, 120);
      const properties = { depth: random.pick([25, 50, 75, 100]) };
      diary.note('event', { name: 'scroll', url: addressOf(place, articlePath(title)), properties });
    }
  }
  if (person.user !== null || !random.chance(0.04)) return;
  diary.wait(5, 40);
  person.user = `r-${person.id.slice(0, 8)}`;
  const url = addressOf(place, '/newsletter');
  diary.note('identify', { user: person.user, url });
  diary.note('event', { name: 'signup', user: person.user, url });
}

/** Referrer and query with which the first page is opened. */
interface From {
  referrer?: string;
  query?: string;
}

function arrival(place: Place, { person, random }: Diary): From {
  if (person.client !== 'browser') return {};
  const source = random.weighted(place.sources);
  const query = source.query === undefined ? undefined : filled(source.query, random);
  return { ...(source.referrer ? { referrer: source.referrer } : {}), ...(query ? { query } : {}) };
}

/** Opens a page or a screen; gives what the next one is come to from. */
function show(place: Place, diary: Diary, path: string, title: string, from: From, later: boolean): From {
  const { person, random } = diary;
  if (person.client !== 'browser') {
    diary.note('screen_view', { name: title, url: addressOf(place, path) });
    return {};
  }
  let { referrer, query } = from;
  if (later && random.chance(0.015)) {
    // A click on an ad or a mail in the middle of a visit.
    query = filled(random.pick(place.campaigns), random);
    referrer = undefined;
  }
  const url = addressOf(place, path, query);
  diary.note('page_view', { url, title, ...(referrer ? { referrer } : {}) });
  if (random.chance(0.3)) {
    const stayed = random.whole(1500, 45_000);
    diary.now += stayed;
    diary.note('engagement', { url, value: stayed });
  }
  return { referrer: url };
}
