add_library(muster_replica_fixture STATIC replica_fixture.c ../harness/dice.c)
target_link_libraries(muster_replica_fixture PUBLIC muster_replica PkgConfig::cmocka PRIVATE muster_options)
muster_test(unit test_replica test_replica.c LIBS muster_replica_fixture)
muster_test(unit test_replica_random test_replica_random.c LIBS muster_replica_fixture)
