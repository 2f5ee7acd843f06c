import { sqlText } from '../shared/sql-text.ts';

/** The marts that come along, name to SQL text. The bundler of functions inlines the texts. */
export const SHIPPED_MARTS: Readonly<Record<string, string>> = {
  mart_channels: sqlText(import.meta.url, 'mart_channels.sql'),
  mart_conversions: sqlText(import.meta.url, 'mart_conversions.sql'),
  mart_daily_traffic: sqlText(import.meta.url, 'mart_daily_traffic.sql'),
  mart_landing_pages: sqlText(import.meta.url, 'mart_landing_pages.sql'),
};
