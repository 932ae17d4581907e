// SPDX-License-Identifier: Apache-2.0
#include "python/bindings.h"

NB_MODULE(_core, m) {
  m.doc() = "The C++ library of skol: documents, models, training and prediction.";
  m.attr("__version__") = SKOL_VERSION;
  skol::bind_errors(m);
  skol::bind_documents(m);
  skol::bind_model(m);
  skol::bind_training(m);
  skol::bind_prediction(m);
  skol::bind_line_stream(m);
  skol::bind_document_rows(m);
  skol::bind_planning(m);
  skol::bind_tuning(m);
  skol::bind_pages(m);
}
