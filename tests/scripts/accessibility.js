// What a reader without a mouse, without eyes or with a phone needs of a page (WCAG 2.2, levels A and
// AA, as far as a program can tell). An expression: its value is the list of what is wrong.
// Read by browser.py, at each width and in light and dark mode, with everything unfolded.
(() => {
  const wrong = [];
  const say = (element, what) => wrong.push(
      `${what}: <${element.tagName.toLowerCase()}> ${element.textContent.trim().slice(0, 40)}`);
  const all = selector => [...document.querySelectorAll(selector)];
  const visible = element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === 'visible';
  };

  // 3.1.1, 2.4.2, 1.3.1: language, title, landmark, headings that do not skip a level.
  if (!document.documentElement.lang) wrong.push('no language');
  if (!document.title) wrong.push('no title');
  if (all('main').length !== 1) wrong.push('no single <main>');
  if (all('h1').length !== 1) wrong.push(`${all('h1').length} headings of level 1`);
  let level = 0;
  for (const heading of all('h1,h2,h3,h4,h5,h6')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) say(heading, `heading of level ${own} after ${level}`);
    if (!heading.textContent.trim()) say(heading, 'empty heading');
    level = own;
  }
  // 1.3.1: tables have captions and heads.
  for (const table of all('table')) {
    if (!table.caption || !table.caption.textContent.trim()) say(table, 'table without caption');
    if (table.querySelectorAll('th:not([scope])').length) say(table, 'head without scope');
    if (!table.querySelector('thead th')) say(table, 'table without heads');
    const width = table.querySelectorAll('thead th').length;
    for (const row of table.querySelectorAll('tbody tr')) {
      if (row.cells.length !== width) say(row, `${row.cells.length} cells under ${width} heads`);
    }
  }
  // 1.1.1, 4.1.2: drawings and controls have names.
  for (const svg of all('svg')) {
    if (svg.getAttribute('aria-hidden') === 'true') continue;
    if (svg.getAttribute('role') !== 'img' || !svg.getAttribute('aria-label')?.trim()) {
      say(svg, 'drawing without a name');
    }
  }
  for (const control of all('button,input,a,summary,[tabindex]')) {
    const name = control.getAttribute('aria-label') || control.textContent.trim();
    if (!name) say(control, 'control without a name');
    if (control.tabIndex < 0) say(control, 'control that the keyboard does not reach');
    if (control.tabIndex > 0) say(control, 'tab order by numbers');
  }
  for (const link of all('a[href^="#"]')) {
    if (!document.querySelector(link.getAttribute('href'))) say(link, 'link to nothing');
  }
  // 2.1.1: what scrolls can be scrolled from the keyboard. 1.4.10: the page itself does not, sideways.
  for (const element of all('main *')) {
    const style = getComputedStyle(element);
    const scrolls = ['auto', 'scroll'].includes(style.overflowX) &&
        element.scrollWidth > element.clientWidth + 1;
    if (scrolls && element.tabIndex < 0) say(element, 'scrolls, but not from the keyboard');
  }
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) wrong.push(`the page is ${wide} pixels wider than its window`);
  // 2.5.8: targets of at least 24 pixels, but for links within sentences.
  for (const control of all('button,input,summary,.links a')) {
    if (visible(control) && control.getBoundingClientRect().height < 24) {
      say(control, `a target of ${control.getBoundingClientRect().height} pixels`);
    }
  }
  // 1.4.3: contrast of text, 4.5 to 1, or 3 to 1 where it is large.
  const colour = text => (text.match(/[\d.]+/g) || [0, 0, 0]).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const background = element => {
    for (let at = element; at; at = at.parentElement) {
      const own = colour(getComputedStyle(at).backgroundColor);
      if (own.length < 4 || own[3] > 0.5) return own;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
    if (!visible(element)) continue;
    const style = getComputedStyle(element), drawn = element.ownerSVGElement;
    const ink = colour(drawn ? style.fill : style.color);
    const [a, b] = [luminance(ink), luminance(background(drawn ? drawn.parentElement : element))]
        .sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < (large ? 3 : 4.5)) say(element, `contrast ${contrast.toFixed(2)}`);
  }
  return [...new Set(wrong)].slice(0, 20);
})()
