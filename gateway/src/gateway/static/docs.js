"use strict";
const place = document.getElementById("reference");
Redoc.init("/openapi.json", { nonce: place.dataset.nonce, hideDownloadButtons: false, pathInMiddlePanel: true }, place);
