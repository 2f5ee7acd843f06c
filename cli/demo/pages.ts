/** The shop's catalog and the blog's articles. */
export interface Product {
  path: string;
  title: string;
  category: string;
  /** In the shop's currency. */
  price: number;
}

const CATALOG: Record<string, [name: string, price: number][]> = {
  kettles: [
    ['Iron kettle', 8200],
    ['Glass kettle', 3900],
    ['Travel kettle', 2700],
    ['Copper kettle', 12400],
  ],
  cups: [
    ['Tea bowl', 4600],
    ['Double-wall cup', 1900],
    ['Camp mug', 1500],
    ['Espresso pair', 2800],
  ],
  tea: [
    ['Sencha 100 g', 1200],
    ['Hojicha 200 g', 980],
    ['Matcha 40 g', 2400],
    ['Genmaicha 200 g', 890],
    ['Gyokuro 50 g', 3200],
  ],
  tools: [
    ['Bamboo whisk', 1800],
    ['Fine strainer', 1100],
    ['Tea scale', 4300],
  ],
};

const slug = (text: string): string => text.toLowerCase().replaceAll(' ', '-');

export const CATEGORIES: readonly string[] = Object.keys(CATALOG);

export const PRODUCTS: readonly Product[] = Object.entries(CATALOG).flatMap(([category, items]) =>
  items.map(([name, price]) => ({ path: `/product/${slug(name)}`, title: name, category, price })),
);

export const ARTICLES: readonly string[] = [
  'Tea at home',
  'What water does',
  'Reading old recipes',
  'A week without coffee',
  'How kettles are made',
  'Notes on roasting',
  'The second infusion',
  'Small kitchens',
  'A letter from Uji',
  'Measuring by eye',
];

export const articlePath = (title: string): string => `/posts/${slug(title)}`;
