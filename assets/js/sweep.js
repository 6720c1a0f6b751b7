/* The sweep tab. */
"use strict";
