// Linked into programs that are built with AddressSanitizer: what cairo's and SDL2's own libraries
// keep until the process ends. Leaks of Brasa's and leaks through cairo, giflib and SDL2 are found.

extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_options();

extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig.so\n"  // patterns of the fonts that were looked up
         "leak:libdbus-1.so\n";     // SDL2's session-bus connection
}

/// No table of them after the program's own last line.
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
