/* A fuzz target is LLVMFuzzerTestOneInput(). Built with clang's libFuzzer where that is there; else with a small
 * driver (run_fuzz.c) that mutates the seeds for a bounded time, so that every build runs it. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
