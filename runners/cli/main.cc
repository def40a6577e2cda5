#include "brasa/main.h"

int main(int argc, char** argv) { return brasa::Main(argc, argv); }
