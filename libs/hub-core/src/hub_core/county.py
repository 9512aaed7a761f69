"""The 41 counties of Romania and the municipality of Bucharest, by every code in use.

SIRUTA and NUTS codes and seats are those of the register of administrative units, CNP codes those of
the structure of the personal number, prefixes those of the national numbering plan.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class County:
    """A county, or Bucharest, which is of the same rank.

    `code` is the vehicle code, also the suffix of ISO 3166-2:RO; `cnp_codes` stand in personal
    numbers given before 8 May 2024 (not a statement about birthplace or domicile); `siruta` and
    `seat_siruta` are text; `phone_prefixes` are national, with the leading zero.
    """

    code: str
    name: str
    cnp_codes: tuple[str, ...]
    siruta: str
    nuts3: str
    phone_prefixes: tuple[str, ...]
    seat: str
    seat_siruta: str


_TABLE: Final = """\
AB | Alba            | 01                   | 10  | RO121 | 0258    | Alba Iulia            | 1017
AG | Argeș           | 03                   | 38  | RO311 | 0248    | Pitești               | 13169
AR | Arad            | 02                   | 29  | RO421 | 0257    | Arad                  | 9262
B  | București       | 40 41 42 43 44 45 46 | 403 | RO321 | 021 031 | București             | 179132
BC | Bacău           | 04                   | 47  | RO211 | 0234    | Bacău                 | 20297
BH | Bihor           | 05                   | 56  | RO111 | 0259    | Oradea                | 26564
BN | Bistrița-Năsăud | 06                   | 65  | RO112 | 0263    | Bistrița              | 32394
BR | Brăila          | 09                   | 92  | RO221 | 0239    | Brăila                | 42682
BT | Botoșani        | 07                   | 74  | RO212 | 0231    | Botoșani              | 35731
BV | Brașov          | 08                   | 83  | RO122 | 0268    | Brașov                | 40198
BZ | Buzău           | 10                   | 109 | RO222 | 0238    | Buzău                 | 44818
CJ | Cluj            | 12                   | 127 | RO113 | 0264    | Cluj-Napoca           | 54975
CL | Călărași        | 51                   | 519 | RO312 | 0242    | Călărași              | 92569
CS | Caraș-Severin   | 11                   | 118 | RO422 | 0255    | Reșița                | 50790
CT | Constanța       | 13                   | 136 | RO223 | 0241    | Constanța             | 60419
CV | Covasna         | 14                   | 145 | RO123 | 0267    | Sfântu Gheorghe       | 63394
DB | Dâmbovița       | 15                   | 154 | RO313 | 0245    | Târgoviște            | 65342
DJ | Dolj            | 16                   | 163 | RO411 | 0251    | Craiova               | 69900
GJ | Gorj            | 18                   | 181 | RO412 | 0253    | Târgu Jiu             | 77812
GL | Galați          | 17                   | 172 | RO224 | 0236    | Galați                | 75098
GR | Giurgiu         | 52                   | 528 | RO314 | 0246    | Giurgiu               | 100521
HD | Hunedoara       | 20                   | 207 | RO423 | 0254    | Deva                  | 86687
HR | Harghita        | 19                   | 190 | RO124 | 0266    | Miercurea Ciuc        | 83320
IF | Ilfov           | 23                   | 234 | RO322 | 021     | Buftea                | 100576
IL | Ialomița        | 21                   | 216 | RO315 | 0243    | Slobozia              | 92658
IS | Iași            | 22                   | 225 | RO213 | 0232    | Iași                  | 95060
MH | Mehedinți       | 25                   | 252 | RO413 | 0252    | Drobeta-Turnu Severin | 109773
MM | Maramureș       | 24                   | 243 | RO114 | 0262    | Baia Mare             | 106318
MS | Mureș           | 26                   | 261 | RO125 | 0265    | Târgu Mureș           | 114319
NT | Neamț           | 27                   | 270 | RO214 | 0233    | Piatra-Neamț          | 120726
OT | Olt             | 28                   | 289 | RO414 | 0249    | Slatina               | 125347
PH | Prahova         | 29                   | 298 | RO316 | 0244    | Ploiești              | 130534
SB | Sibiu           | 32                   | 323 | RO126 | 0269    | Sibiu                 | 143450
SJ | Sălaj           | 31                   | 314 | RO116 | 0260    | Zalău                 | 139704
SM | Satu Mare       | 30                   | 305 | RO115 | 0261    | Satu Mare             | 136483
SV | Suceava         | 33                   | 332 | RO215 | 0230    | Suceava               | 146263
TL | Tulcea          | 36                   | 369 | RO225 | 0240    | Tulcea                | 159614
TM | Timiș           | 35                   | 350 | RO424 | 0256    | Timișoara             | 155243
TR | Teleorman       | 34                   | 341 | RO317 | 0247    | Alexandria            | 151790
VL | Vâlcea          | 38                   | 387 | RO415 | 0250    | Râmnicu Vâlcea        | 167473
VN | Vrancea         | 39                   | 396 | RO226 | 0237    | Focșani               | 174744
VS | Vaslui          | 37                   | 378 | RO216 | 0235    | Vaslui                | 161945
"""  # Bucharest: 40 the city, 41 to 46 its sectors


def _county(row: str) -> County:
    code, name, cnp, siruta, nuts3, prefixes, seat, seat_siruta = (cell.strip() for cell in row.split("|"))
    return County(code, name, tuple(cnp.split()), siruta, nuts3, tuple(prefixes.split()), seat, seat_siruta)


COUNTIES: Final = tuple(_county(row) for row in _TABLE.splitlines())
"""Sorted by code. The NUTS codes of GJ, GR, HD, IS, MH, MS, PH and SV await confirmation."""

BY_CODE: Final = {county.code: county for county in COUNTIES}
