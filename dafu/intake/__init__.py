"""From a raw letter to an annotated draft: what an editor pastes in becomes a file of `content/letters/`, and nothing of it is lost."""
