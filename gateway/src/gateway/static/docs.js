"use strict";
const place = document.getElementById("reference");
Redoc.init("/openapi.json", { hideDownloadButtons: false, pathInMiddlePanel: true }, place);
