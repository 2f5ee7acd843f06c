/**
 * The page before its scripts run. The first data lie in it, so that nothing has to be asked for before it
 * can be painted.
 *
 * @param data JSON-able; null when it isn't at hand yet
 */
export function shell(data: unknown, scripts: readonly string[], styles: readonly string[]): string {
  const links = [
    ...styles.map((name) => `<link rel="stylesheet" href="/ui/${name}">`),
    ...scripts.map((name) => `<link rel="modulepreload" href="/ui/${name}">`),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Retcon</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/ui/icon.svg" type="image/svg+xml">
${links.join('\n')}
<script type="module" src="/ui/main.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header id="bar"></header>
<main id="main" tabindex="-1"><p class="quiet pad">Reading the lake&hellip;</p></main>
<noscript><p class="pad">This page needs JavaScript. <code>retcon status</code> says the same in a terminal.</p></noscript>
<script type="application/json" id="data">${inlined(data)}</script>
</body>
</html>
`;
}

/** JSON that can't end the element it stands in, whatever texts it holds. */
function inlined(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
