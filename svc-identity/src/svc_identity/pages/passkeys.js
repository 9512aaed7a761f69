// Passkeys, the one thing on these pages that a form alone cannot do.
//
// A form with data-passkey="create" or "get" carries the options of the ceremony in data-options; what the
// browser gives back goes into its field "credential", and the form is sent like any other.
"use strict";
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const named = (held) => (held || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const read = (form) => {
    const options = JSON.parse(form.dataset.options);
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    if (options.excludeCredentials) options.excludeCredentials = named(options.excludeCredentials);
    if (options.allowCredentials) options.allowCredentials = named(options.allowCredentials);
    return options;
  };

  const write = (credential) => {
    const said = credential.response;
    const response = { clientDataJSON: text(said.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (said[name]) response[name] = text(said[name]);
    }
    if (said.getTransports) response.transports = said.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    });
  };

  const send = (form, credential) => {
    form.elements.credential.value = write(credential);
    form.submit();
  };

  let waiting = null;

  const ask = async (form) => {
    const trouble = form.querySelector("[role=alert]");
    trouble.hidden = true;
    if (waiting) waiting.abort();
    try {
      const publicKey = read(form);
      const credential =
        form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey })
          : await navigator.credentials.get({ publicKey });
      send(form, credential);
    } catch {
      trouble.hidden = false;
    }
  };

  const offer = async (form) => {
    if (!PublicKeyCredential.isConditionalMediationAvailable) return;
    if (!(await PublicKeyCredential.isConditionalMediationAvailable())) return;
    waiting = new AbortController();
    try {
      const credential = await navigator.credentials.get({
        publicKey: read(form),
        mediation: "conditional",
        signal: waiting.signal,
      });
      send(form, credential);
    } catch {
      // nobody chose a passkey from the list, or the button was used instead
    }
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const withoutScript = form.nextElementSibling;
    withoutScript.hidden = true;
    if (!window.PublicKeyCredential) {
      withoutScript.nextElementSibling.hidden = false;
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.reportValidity()) ask(form);
    });
    if ("offered" in form.dataset) offer(form);
  }
})();
