# SPDX-License-Identifier: Apache-2.0
"""The columns of the DataFrames; apart from columns.py so that workers need not load that."""

from __future__ import annotations

DOCUMENT = "doc_id"
FILE_NAME = "filename"  # stands in where there is no doc_id
ATTACHMENT = "attachment_name"
LINE_NUMBER = "line_number"
VALUE = "value"
LABEL = "label"
SORTED_LINES = "sorted_data"
MAIN_ATTACHMENT = "main.txt"  # the attachment of a row that names none

VECTOR_FIELDS = ("type", "size", "indices", "values")  # of a vector of Spark ML

OUTPUT_COLUMNS = ("prediction", "probabilities", "predicted_label", "annotated_value")
