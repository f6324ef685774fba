#!/usr/bin/env python3
"""The marks of a class as a table: one row a student, one column a lab, from the reports that tools/mark_labs.sh made.

    lab_marks.py OUT [STUDENTS_FOLDER] > marks.csv

A cell is how many facts held of how many: 19/19. With STUDENTS_FOLDER, students without a report are in the table, too.
"""
import csv
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def marks_of(path):
    """Lab -> (held, all); a report that cannot be read is as none."""
    marks = {}
    try:
        suites = ElementTree.parse(path).getroot()
    except ElementTree.ParseError:
        return marks
    for suite in suites:
        for case in suite:
            lab = case.get("classname")
            held, total = marks.get(lab, (0, 0))
            marks[lab] = (held + (len(case) == 0), total + 1)
    return marks


def main(out, students=None):
    rows = {path.stem: marks_of(path) for path in sorted(pathlib.Path(out).glob("*.xml"))}
    for folder in sorted(pathlib.Path(students).iterdir()) if students else []:
        if folder.is_dir():
            rows.setdefault(folder.name, {})
    labs = sorted({lab for marks in rows.values() for lab in marks if lab})
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["student", *labs, "passed"])
    for student, marks in sorted(rows.items()):
        cells = ["{}/{}".format(*marks[lab]) if lab in marks else "" for lab in labs]
        table.writerow([student, *cells, sum(held == total for lab, (held, total) in marks.items() if lab)])


if __name__ == "__main__":
    main(*sys.argv[1:])
