/* The suite tab. */
"use strict";
