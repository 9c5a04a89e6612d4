/** The guestbook with its form and who answered. */
export function guestbookPage(site, { messages, answeredBy, client }) {
  return page(
    site,
    `<form method="post" action="/messages" class="card">
      <label>Your name <input name="author" maxlength="80" required autocomplete="name"></label>
      <label>Your message <textarea name="body" maxlength="1000" rows="3" required></textarea></label>
      <button>Sign the guestbook</button>
    </form>
    <ol class="messages">${messages.map(messageItem).join('')}</ol>
    ${messages.length === 0 ? '<p class="empty">Nobody has signed yet. Be the first.</p>' : ''}
    <dl class="served">
      <div><dt>Web server</dt><dd>${escapeHtml(site.server)}</dd></div>
      <div><dt>Read from</dt><dd>${escapeHtml(answeredBy)}</dd></div>
      <div><dt>Release</dt><dd>${escapeHtml(site.release)}</dd></div>
      <div><dt>You</dt><dd>${escapeHtml(client)}</dd></div>
    </dl>`,
  )
}

export function errorPage(site, status, message) {
  return page(
    site,
    `<section class="card"><h2>${status}</h2><p>${escapeHtml(message)}</p><a href="/">Back</a></section>`,
  )
}

function messageItem({ author, body, server, created_at: createdAt }) {
  return `<li class="card"><p>${escapeHtml(body)}</p>
    <footer>${escapeHtml(author)} · <time>${escapeHtml(createdAt)}</time> · through ${escapeHtml(server)}</footer></li>`
}

function page(site, content) {
  const title = escapeHtml(site.title)
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="icon" href="/static/icon.svg">
  <link rel="stylesheet" href="/static/style.css">
</head>
<body>
  <main>
    <h1>${title}</h1>
    ${content}
  </main>
</body>
</html>
`
}

function escapeHtml(value) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return String(value).replace(/[&<>"']/g, (character) => entities[character])
}
