#!/usr/bin/python3
"""Opens each Word file of a folder in LibreOffice, accepts or rejects all tracked changes, and writes the text that is left.

Usage: accept_all.py ADDRESS FOLDER, where a soffice listens at ADDRESS. Beside NAME.docx come NAME.accepted.txt and
NAME.rejected.txt: the paragraphs of the body in order, tables cell by cell, one on a line,
and behind them those of text boxes.
"""

import pathlib
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def hidden():
    value = PropertyValue()
    value.Name, value.Value = "Hidden", True
    return (value,)


def connected(address):
    context = uno.getComponentContext()
    resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:{address};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.25)
    sys.exit("no soffice answers")


def paragraphs(text):
    for part in text:
        if part.supportsService("com.sun.star.text.TextTable"):
            for name in part.getCellNames():
                yield from paragraphs(part.getCellByName(name))
        elif part.supportsService("com.sun.star.text.Paragraph"):
            yield part.getString()


def boxes(document):
    for shape in document.DrawPage:
        if hasattr(shape, "getString"):
            yield from shape.getString().split("\n")


context = connected(sys.argv[1])
manager = context.ServiceManager
desktop = manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
dispatcher = manager.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
for path in sorted(pathlib.Path(sys.argv[2]).glob("*.docx")):
    for command, ending in (("AcceptAllTrackedChanges", "accepted"), ("RejectAllTrackedChanges", "rejected")):
        document = desktop.loadComponentFromURL(path.resolve().as_uri(), "_blank", 0, hidden())
        if document is None:
            continue
        frame = document.CurrentController.Frame
        dispatcher.executeDispatch(frame, f".uno:{command}", "", 0, ())
        # What is left over would be counted as text, so that a program that does nothing is noticed.
        left = document.Redlines.createEnumeration().hasMoreElements()
        lines = [*paragraphs(document.Text), *boxes(document)] + (["CHANGES ARE LEFT"] if left else [])
        path.with_suffix(f".{ending}.txt").write_text("\n".join(lines), encoding="utf-8")
        document.close(True)
desktop.terminate()
