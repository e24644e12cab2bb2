dnl BERTH_COMPILE_FLAGS(VARIABLE, FLAGS): appends those of FLAGS that the
dnl compiler takes. BERTH_LINK_FLAGS: the same for the linker.
AC_DEFUN([BERTH_COMPILE_FLAGS],
[for berth_flag in $2; do
	AC_MSG_CHECKING([whether $CC takes $berth_flag])
	berth_save="$CFLAGS"
	CFLAGS="$CFLAGS -Werror $berth_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AC_MSG_RESULT([yes]); $1="$$1 $berth_flag"], [AC_MSG_RESULT([no])])
	CFLAGS="$berth_save"
done])

AC_DEFUN([BERTH_LINK_FLAGS],
[for berth_flag in $2; do
	AC_MSG_CHECKING([whether the linker takes $berth_flag])
	berth_save="$LDFLAGS"
	berth_save_cflags="$CFLAGS"
	LDFLAGS="$LDFLAGS $berth_flag"
	CFLAGS="$CFLAGS -fPIE"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AC_MSG_RESULT([yes]); $1="$$1 $berth_flag"], [AC_MSG_RESULT([no])])
	LDFLAGS="$berth_save"
	CFLAGS="$berth_save_cflags"
done])

dnl BERTH_FORTIFY(VARIABLE): appends the highest level of _FORTIFY_SOURCE that compiler and
dnl C library have together. Headers warn of a level that they do not know.
AC_DEFUN([BERTH_FORTIFY],
[berth_save="$CFLAGS"
for berth_level in 3 2; do
	AC_MSG_CHECKING([whether $CC takes -D_FORTIFY_SOURCE=$berth_level])
	CFLAGS="$berth_save -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$berth_level"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [])],
	    [AC_MSG_RESULT([yes])
	    $1="$$1 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$berth_level"
	    break],
	    [AC_MSG_RESULT([no])])
done
CFLAGS="$berth_save"])
