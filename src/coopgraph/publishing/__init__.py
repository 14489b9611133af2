"""Publishing: releases are built, compared, switched, withdrawn."""
