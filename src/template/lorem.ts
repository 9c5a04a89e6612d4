const words =
  'a ac accumsan ad adipiscing aenean aliquam amet ante arcu at auctor augue bibendum blandit commodo condimentum consectetuer congue cras cum curabitur cursus dapibus diam dictum dis dolor donec dui egestas eget elementum enim erat eros est et etiam eu facilisi fames felis fringilla fusce gravida hendrerit iaculis id in integer ipsum justo lacinia lacus laoreet lectus leo libero ligula lobortis lorem luctus magna mattis mauris metus mi mollis morbi nam nec neque nibh nisi non nulla nunc odio orci ornare pede pellentesque porta posuere pretium proin purus quam quis rhoncus risus rutrum sagittis sapien sed sem semper sit sodales sollicitudin suscipit tellus tempor tincidunt tortor tristique turpis ultrices urna ut varius vel velit vestibulum vitae vivamus volutpat vulputate'.split(
    ' ',
  )

/** Filler text of `count` paragraphs; `random(low, high)` picks a number below `high`. */
export function lorem(
  count: number,
  html: boolean,
  min: number,
  max: number,
  random: (low: number, high: number) => number,
): string {
  const paragraphs = Array.from({ length: Math.max(0, Math.min(count, 1000)) }, () =>
    paragraph(random(min, max), random),
  )
  return html ? paragraphs.map((text) => `<p>${text}</p>`).join('\n') : paragraphs.join('\n\n')
}

function paragraph(length: number, random: (low: number, high: number) => number): string {
  const picked = Array.from({ length: Math.max(1, length) }, () => words[random(0, words.length)]!)
  const text = picked.map((word, index) => (index > 0 && index % 12 === 0 ? `${word},` : word)).join(' ')
  return `${text[0]!.toUpperCase()}${text.slice(1).replace(/,$/, '')}.`
}
