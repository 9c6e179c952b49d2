"""YAML documents that people sign: read, validated by a pydantic model, hashed.

Belongs here: turning a file into a model with errors that name file, line and clause, and the hash of its content.
Does not belong here: what the documents mean (`pipeline.study`, `pipeline.settlement.terms`, `pipeline.approvals`).
"""

import hashlib
import json
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from pipeline.errors import ProtocolInvalid

Model = TypeVar("Model", bound=BaseModel)


def canonical_sha256(document: Any) -> str:
    """Hash of a document's meaning: keys sorted, no white space, so that comments and layout do not count."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


class _OnceAKey(yaml.SafeLoader):
    """YAML in which a key stands once: of two, the later would silently be the one that counts."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, "a key stands there twice", key.start_mark)
            seen |= {key.value} if isinstance(key, yaml.ScalarNode) else set()
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> Any:
    """The document as plain data. Raises ProtocolInvalid with file and line when it is not YAML or absent."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_OnceAKey)  # a safe loader
    except FileNotFoundError:
        raise ProtocolInvalid(f"{path.name} is not there ({path.parent.name}/).", "Put it into the study folder.") from None
    except UnicodeDecodeError:
        raise ProtocolInvalid(f"{path.name} is not UTF-8 text.", "Save it as UTF-8.") from None
    except RecursionError:
        raise ProtocolInvalid(f"{path.name} is nested beyond reason.", "Mend it.") from None
    except OSError:
        raise ProtocolInvalid(f"{path.name} cannot be read.", "It must be a file that this user may read.") from None
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark else ""
        raise ProtocolInvalid(
            f"{path.name}{where} is not YAML: {getattr(problem, 'problem', 'unreadable')}.", "Mend it."
        ) from None


def _line(path: Path, keys: tuple[int | str, ...]) -> int:
    """Line of the deepest part of `keys` that stands in the file (1 when nothing of it does)."""
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = 1
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            hit = next(((k, v) for k, v in node.value if k.value == str(key)), None)
            if hit is None:
                return line
            line, node = hit[0].start_mark.line + 1, hit[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def read_model(path: Path, model: type[Model]) -> Model:
    """The validated document. Raises ProtocolInvalid naming file, line and clause of every error."""
    data = read_yaml(path)
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        said = []
        for error in problem.errors():
            keys = tuple(k for k in error["loc"] if not (isinstance(k, str) and "[" in k))
            clause = ".".join(str(k) for k in keys) or "document"
            said.append(f"{path.name} line {_line(path, keys)}, {clause}: {error['msg']}")
        raise ProtocolInvalid("; ".join(said) + ".", "Correct the file; it must be approved again once changed.") from None
