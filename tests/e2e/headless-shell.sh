#!/bin/sh
# Starts Chromium's headless shell with a page: chromedriver expects one, which it does not ask for if it is given a
# profile. Debian's own script would stay between the two, so that chromedriver could not end the shell.
shell=/usr/lib/chromium/chromium-headless-shell
[ -x "$shell" ] || shell=chromium-headless-shell
for last; do :; done
case $last in
  --*) set -- "$@" about:blank ;;
esac
exec "$shell" "$@"
