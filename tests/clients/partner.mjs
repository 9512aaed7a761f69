// openid-client as a partner institution: pushed requests, private_key_jwt, DPoP (FAPI 2.0 Security Profile).
import * as client from 'openid-client'
import { importJWK } from 'jose'
import { hear, open, tell } from './conversation.mjs'

const told = await hear()
const key = await importJWK(told.key, 'ES256')
const config = await client.discovery(
  new URL(told.issuer), told.client_id, {},
  client.PrivateKeyJwt({ key, kid: told.key.kid }), { execute: [client.allowInsecureRequests] },
)
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))

const pkceCodeVerifier = client.randomPKCECodeVerifier()
const expectedState = client.randomState()
const expectedNonce = client.randomNonce()
const address = await client.buildAuthorizationUrlWithPAR(config, {
  redirect_uri: told.redirect_uri, scope: 'openid email offline_access petitions:read',
  state: expectedState, nonce: expectedNonce,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
}, { DPoP })
const pushed = [...address.searchParams.keys()].sort()
const tokens = await client.authorizationCodeGrant(
  config, await open(address), { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true },
  undefined, { DPoP },
)
const { sub } = tokens.claims()
const person = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP })
const fresh = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
const petitions = await client.fetchProtectedResource(
  config, fresh.access_token, new URL('/petitions/v1/petitions', told.issuer), 'GET',
  undefined, undefined, { DPoP },
)
const inspected = await client.tokenIntrospection(config, fresh.access_token)
const bearer = await fetch(new URL('/petitions/v1/petitions', told.issuer), {
  headers: { authorization: `Bearer ${fresh.access_token}` },
})
await client.tokenRevocation(config, tokens.refresh_token)
let ended
try {
  await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP })
} catch (error) {
  ended = error.error
}
tell({
  subject: sub, email: person.email, pushed, type: tokens.token_type, petitions: petitions.status,
  bound: typeof inspected.cnf?.jkt, bearer: bearer.status, ended,
})
process.exit(0)
