/* Nothing to call: the module is loaded by glibc, by the names of its functions. */
