# The programs that bench/run measures with. "make bench-programs" builds them, and so does
# "make check", which shows that they still compile.
bench_programs = bench/hello bench/mix bench/push bench/search bench/sums
check_PROGRAMS = $(bench_programs)

bench_hello_SOURCES = bench/hello.c bench/bench.c bench/bench.h
bench_hello_LDADD = $(FCGI_LIBS)

bench_client = bench/bench.c bench/bench.h bench/http.c bench/http.h bench/upload.c bench/upload.h
bench_mix_SOURCES = bench/mix.c $(bench_client)
bench_mix_LDADD = $(TLS_LIBS) $(CRYPTO_LIBS)
bench_push_SOURCES = bench/push.c $(bench_client)
bench_push_LDADD = $(TLS_LIBS) $(CRYPTO_LIBS)

bench_search_SOURCES = bench/search.c bench/bench.c bench/bench.h
bench_search_LDADD = $(berth_libs)

bench_sums_SOURCES = bench/sums.c bench/bench.c bench/bench.h
bench_sums_LDADD = $(CRYPTO_LIBS) $(ZLIB_LIBS)

EXTRA_DIST += bench/run bench/reference.conf.in bench/lib

.PHONY: bench-programs
bench-programs: $(bench_programs)
