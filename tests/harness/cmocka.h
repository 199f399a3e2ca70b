/* cmocka with the headers it wants before it. */
#ifndef MUSTER_TESTS_HARNESS_CMOCKA_H
#define MUSTER_TESTS_HARNESS_CMOCKA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#endif
