"""Geometry columns as shapely objects; WGS 84 throughout."""

from typing import Any

from geoalchemy2 import Geometry
from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

WGS84 = 4326


class Shape(TypeDecorator[BaseGeometry]):
    """A PostGIS geometry, spoken as shapely."""

    impl = Geometry
    cache_ok = True

    def __init__(self, kind: str, *, index: bool = False) -> None:
        super().__init__(geometry_type=kind, srid=WGS84, spatial_index=index)

    @override
    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> Any:
        """Shapely to EWKB."""
        del dialect
        return None if value is None else from_shape(value, srid=WGS84)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> BaseGeometry | None:
        """EWKB to shapely."""
        del dialect
        return None if value is None else to_shape(value)
