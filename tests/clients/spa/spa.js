// oidc-client-ts in a browser: a page of another origin that keeps no secret.
const { issuer, client_id } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
if (issuer) Object.assign(sessionStorage, { issuer, client_id })
const manager = new oidc.UserManager({
  authority: sessionStorage.issuer,
  client_id: sessionStorage.client_id,
  redirect_uri: `${location.origin}/callback`,
  post_logout_redirect_uri: `${location.origin}/left`,
  scope: 'openid profile offline_access',
  loadUserInfo: true,
  automaticSilentRenew: false,
})
const say = (what) => { document.querySelector('#said').textContent = JSON.stringify(what) }
const facts = (user) => ({ sub: user.profile.sub, name: user.profile.name, token: user.access_token })
const on = (id, act) => {
  document.querySelector(id).onclick = () => act().catch((error) => say({ error: String(error) }))
}
on('#sign-in', () => manager.signinRedirect())
on('#refresh', async () => say(facts(await manager.signinSilent())))
on('#sign-out', () => manager.signoutRedirect())
if (location.pathname === '/callback') {
  manager.signinCallback().then((user) => say(facts(user)), (error) => say({ error: String(error) }))
} else if (location.pathname === '/left') {
  manager.signoutCallback().then(() => say({ left: true }), (error) => say({ error: String(error) }))
}
