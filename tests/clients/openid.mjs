// openid-client as a front end of the profile OPENID: code and PKCE, refresh, userinfo, device, logout.
import * as client from 'openid-client'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { hear, open, tell } from './conversation.mjs'

const told = await hear()
const config = await client.discovery(
  new URL(told.issuer), told.client_id, { client_secret: told.secret },
  client.ClientSecretBasic(told.secret), { execute: [client.allowInsecureRequests] },
)
const scope = 'openid profile email offline_access petitions:read'

async function signIn(extra = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedState = client.randomState()
  const expectedNonce = client.randomNonce()
  const ended = await open(client.buildAuthorizationUrl(config, {
    redirect_uri: told.redirect_uri, scope, state: expectedState, nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256', ...extra,
  }))
  return client.authorizationCodeGrant(config, ended, {
    pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true,
    ...('max_age' in extra ? { maxAge: Number(extra.max_age) } : {}),
  })
}

const first = await signIn()
const claims = first.claims()
const person = await client.fetchUserInfo(config, first.access_token, claims.sub)
const fresh = await client.refreshTokenGrant(config, first.refresh_token)
const again = await client.fetchUserInfo(config, fresh.access_token, claims.sub)
const inspected = await client.tokenIntrospection(config, fresh.access_token)
const petitions = await client.fetchProtectedResource(
  config, fresh.access_token, new URL('/petitions/v1/petitions', told.issuer), 'GET',
)

let reuse
try {
  await client.refreshTokenGrant(config, first.refresh_token)
} catch (error) {
  reuse = error.error
}

const aged = await signIn({ max_age: '3600' })
let refused
try {
  await signIn({ acr_values: 'high', prompt: 'none' })
} catch (error) {
  refused = error.error
}

const device = await client.initiateDeviceAuthorization(config, { scope: 'openid offline_access' })
await open(device.verification_uri_complete)
const connected = await client.pollDeviceAuthorizationGrant(config, device)

const left = await open(client.buildEndSessionUrl(config, {
  id_token_hint: aged.id_token, post_logout_redirect_uri: told.left_uri, state: 'bye',
}))
const { logout_token } = await hear()
const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri))
const logout = await jwtVerify(logout_token, keys, {
  issuer: told.issuer, audience: told.client_id, typ: 'logout+jwt', requiredClaims: ['jti', 'events'],
})

let ended
try {
  await client.fetchUserInfo(config, aged.access_token, claims.sub)
} catch (error) {
  ended = error.code
}
tell({
  subject: claims.sub, name: person.name, email: again.email, verified: again.email_verified,
  active: inspected.active, petitions: petitions.status, reuse, refused,
  auth_time: typeof aged.claims().auth_time, device: connected.claims().sub,
  left: left.href, logout: logout.payload.sub, sid: logout.payload.sid === aged.claims().sid, ended,
})
process.exit(0)
