/* Nothing: libpam finds what it looks for by name. */
