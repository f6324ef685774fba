#!/usr/bin/env python3
"""Add up the results of meson test logs (testlog.json) and print `N passed, N failed[, N skipped]`."""
import json
import sys

PASSED = {'OK', 'EXPECTEDFAIL'}
SKIPPED = {'SKIP'}


def totals(paths):
    passed = failed = skipped = 0
    for path in paths:
        with open(path) as log:
            for line in log:
                result = json.loads(line)['result']
                if result in PASSED:
                    passed += 1
                elif result in SKIPPED:
                    skipped += 1
                else:
                    failed += 1
    return passed, failed, skipped


if __name__ == '__main__':
    passed, failed, skipped = totals(sys.argv[1:])
    print(f'{passed} passed, {failed} failed' + (f', {skipped} skipped' if skipped else ''))
