"""What schemathesis has to be told: a piece of an upload is bytes."""

import schemathesis

from app.intake.uploads import PIECE

schemathesis.serializer.alias(PIECE, "application/octet-stream")
