// What LeakSanitizer is told in the tests of recording: HDF5 keeps some bytes of its own for every
// damaged file that it refuses to open.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_options();

/// No table of them after the program's own last line.
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5_serial.so\n"; }
