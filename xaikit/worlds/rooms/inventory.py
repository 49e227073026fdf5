"""How often each kind of thing stands in each kind of room.

Similar rooms share most of their things: bedroom and hotel room, office and home office and conference room,
dining room and kitchen, living room and waiting room. Nothing else tells them apart.
"""

from __future__ import annotations

CLASS_NAMES = (
    *("bathroom", "bedroom", "conference room", "dining room", "home office"),
    *("hotel room", "kitchen", "living room", "office", "waiting room"),
)

# in percent of rooms, in the order of the classes
_TABLE = """
kind              bath bed conf dine home hotel kitchen living office wait
bed                  0  96    0    0    6    97       0      2      0    0
nightstand           0  84    0    0    4    82       0      0      0    0
pillow               0  92    0    0    4    94       0      0      0    0
wardrobe             2  80    0    2   14    24       0      3      3    2
dresser              4  46    0    6    8    14       0     10      0    0
suitcase             1   7    1    0    2    78       0      2      2   14
desk                 0  12    0    1   97    54       1      4     97    4
office chair         0   8   82    0   86    16       0      2     94    4
computer             0  10   14    0   90     8       2      4     94    8
bookshelf            0  24    8   10   86     4       2     40     26    8
filing cabinet       0   1   14    0   14     0       0      0     82   12
printer              0   0   12    0   24     0       0      0     46   10
wastebasket         34   4   22    2   36    28      22      4     52   32
water cooler         0   0   26    0    1     2       2      0     46   40
sofa                 0   4    2    3   16    10       1     96      8   22
armchair             0  10    2    4   18    24       1     42      8   28
cushion              0   0    0    0    8     6       0     66      2    6
coffee table         0   1    2    2    6    12       0     86      4   12
magazine table       0   0    1    0    0     1       0      8      4   82
row of seats         0   0    3    0    0     0       0      0      4   92
reception counter    0   0    1    0    0     0       0      0      6   34
television           0  16   22    8    6    82       6     84      3   26
rug                 42  54    3   42   58    22      10     70      6   16
conference table     0   0   98    0    0     0       0      0      6    0
projector screen     0   0   80    0    0     0       0      0      6    0
whiteboard           0   0   48    0    8     0       0      0     32    2
dining table         0   0    0   97    1     1      36      8      0    0
chair                2  14   14   96   16    46      36      8      8   10
plates               0   0    0   64    0     0      26      2      0    0
chandelier           2  16    6   82    8     8      20     26      2    4
sideboard            0   2   22   80    6     4       4     34      3    6
counter              0   0    2    4    0     2      96      1      1    1
wall cabinet         3   0    1    3    0     1      84      0      1    0
stove                0   0    0    3    0     0      94      1      0    0
sink                 0   0    1    3    0     1      86      1      1    0
range hood           0   0    0    1    0     0      80      0      0    0
fridge               0   0    3   12    1     4      88      2      4    2
bathtub             80   0    0    0    0     1       0      0      0    0
shower              30   1    0    0    0     2       0      0      0    0
toilet              90   0    0    0    0     0       0      0      0    0
washbasin           92   1    0    0    0     3       1      0      0    1
towel               82   2    0    0    0     3      12      0      0    0
mirror              82  36    1   16    6    44       1     18      1    3
lamp                 1  80    1    6   44    84       1     12     18    4
floor lamp           0  16    2   10   26    26       1     48      5    8
vase                 8   8   14   46   10    10      12     32      6   12
plant               22  30   42   36   42    20      22     48      44   54
clock                3   8   30   16   18     4      34     14      36   62
picture             14  58   24   60   42    66      14     68      26   46
notice board         0   2   14    0   14     0      10      0      34   40
window              34  60   52   60   60    60      56     60      56   50
curtain              8  40   10   28   24    42      12     38       6   10
door                26  16   24   26   18    10      22     10      24   14
"""

_ROWS = [line.rsplit(maxsplit=len(CLASS_NAMES)) for line in _TABLE.strip().splitlines()[1:]]
SHARES: dict[str, dict[str, float]] = {
    kind.strip(): dict(zip(CLASS_NAMES, (float(share) / 100 for share in shares), strict=True))
    for kind, *shares in _ROWS
}
"""The share of rooms of a class in which a kind of thing is wanted, by kind and class.

It is not there where it finds no place, and where what it would stand on is missing: no pillow without a bed.
"""
KINDS = tuple(SHARES)

NEEDS: dict[str, tuple[str, ...]] = {
    "pillow": ("bed",),
    "cushion": ("sofa",),
    "nightstand": ("bed",),
    "plates": ("dining table",),
    "sink": ("counter",),
    "wall cabinet": ("counter", "washbasin"),
    "range hood": ("stove",),
    "computer": ("desk", "reception counter", "conference table"),
    "office chair": ("desk", "conference table"),
    "lamp": ("nightstand", "desk", "dresser", "sideboard"),
    "vase": ("dining table", "coffee table", "sideboard", "dresser", "conference table", "counter"),
    "curtain": ("window",),
}
"""What must be there, one of these at least, for a thing to be there."""
