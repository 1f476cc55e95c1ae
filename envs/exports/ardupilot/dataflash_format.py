"""ArduPilot's self-describing binary log: message layouts, and one message as bytes.

Names, fields, units and multipliers are those of ArduPilot's LogStructure.h files (Plane 4.3 to 4.5), so that
MAVExplorer, Mission Planner, UAV Log Viewer and pymavlink know what they see. Every message is 0xA3 0x95, a number,
and its fields without padding, little-endian; FMT messages at the start say how each number is laid out.
"""

from __future__ import annotations

import math
import struct
from typing import NamedTuple

MOST_FLOAT = 3.4e38  # of a number of four bytes, IEEE 754
HEAD = b"\xa3\x95"

# Format letter -> struct letter, and the factor from the physical value to the stored number.
LETTERS: dict[str, tuple[str, float]] = {
    "b": ("b", 1),
    "B": ("B", 1),
    "M": ("B", 1),
    "h": ("h", 1),
    "H": ("H", 1),
    "i": ("i", 1),
    "I": ("I", 1),
    "q": ("q", 1),
    "Q": ("Q", 1),
    "f": ("f", 1),
    "d": ("d", 1),
    "n": ("4s", 1),
    "N": ("16s", 1),
    "Z": ("64s", 1),
    "c": ("h", 100),
    "C": ("H", 100),
    "e": ("i", 100),
    "E": ("I", 100),
    "L": ("i", 1e7),
}
UNITS = {
    "-": "",
    "?": "UNKNOWN",
    "s": "s",
    "d": "deg",
    "h": "degheading",
    "D": "deglatitude",
    "U": "deglongitude",
    "m": "m",
    "n": "m/s",
    "o": "m/s/s",
    "E": "rad/s",
    "k": "deg/s",
    "P": "Pa",
    "O": "degC",
    "Y": "us",
    "z": "Hz",
    "G": "Gauss",
    "S": "satellites",
    "r": "rad",
    "#": "instance",
}
MULTIPLIERS = {
    "-": 0.0,
    "?": 1.0,
    "2": 1e2,
    "1": 1e1,
    "0": 1.0,
    "A": 1e-1,
    "B": 1e-2,
    "C": 1e-3,
    "D": 1e-4,
    "E": 1e-5,
    "F": 1e-6,
    "G": 1e-7,
    "I": 1e-9,
}


class Layout(NamedTuple):
    """One kind of message: number, name, a format letter a field, the fields' names, and a unit and multiplier each."""

    number: int
    name: str
    format: str
    fields: str
    units: str
    multipliers: str

    @property
    def struct(self) -> struct.Struct:
        """Layout of one message's fields in bytes."""
        return struct.Struct("<" + "".join(LETTERS[letter][0] for letter in self.format))

    def encoded(self, *values: float | str) -> bytes:
        """The message with the physical values of its fields (deg, m, ...): scaled, rounded and kept in range."""
        stored = [_stored(letter, value) for letter, value in zip(self.format, values, strict=True)]
        return HEAD + bytes([self.number]) + self.struct.pack(*stored)


def _stored(letter: str, value: float | str) -> float | int | bytes:
    kind, factor = LETTERS[letter]
    if isinstance(value, str):
        return value.encode("ascii", "replace")[: int(kind[:-1])]
    if kind in "fd":
        most = MOST_FLOAT if kind == "f" else math.inf
        return min(most, max(-most, float(value)))
    bits = 8 * struct.calcsize(kind)
    least, most = (0, 2**bits - 1) if kind.isupper() else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return min(most, max(least, round(value * factor)))


CHANNELS = ",".join(f"C{number}" for number in range(1, 15))
LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout(128, "FMT", "BBnNZ", "Type,Length,Name,Format,Columns", "-b---", "-----"),
        Layout(1, "UNIT", "QbZ", "TimeUS,Id,Label", "s--", "F--"),
        Layout(2, "FMTU", "QBNN", "TimeUS,FmtType,UnitIds,MultIds", "s---", "F---"),
        Layout(3, "MULT", "Qbd", "TimeUS,Id,Mult", "s--", "F--"),
        Layout(4, "PARM", "QNff", "TimeUS,Name,Value,Default", "s---", "F---"),
        Layout(5, "MSG", "QZ", "TimeUS,Message", "s-", "F-"),
        Layout(6, "MODE", "QMBB", "TimeUS,Mode,ModeNum,Rsn", "s---", "F---"),
        Layout(7, "ARM", "QBIBB", "TimeUS,ArmState,ArmChecks,Forced,Method", "s----", "F----"),
        Layout(8, "ORGN", "QBLLe", "TimeUS,Type,Lat,Lng,Alt", "s#DUm", "F-GGB"),
        Layout(
            9,
            "GPS",
            "QBBIHBcLLeffffB",
            "TimeUS,I,Status,GMS,GWk,NSats,HDop,Lat,Lng,Alt,Spd,GCrs,VZ,Yaw,U",
            "s#-s-S-DUmnhnh-",
            "F--C-0BGGB000--",
        ),
        Layout(
            10,
            "ATT",
            "QccccCCCCB",
            "TimeUS,DesRoll,Roll,DesPitch,Pitch,DesYaw,Yaw,ErrRP,ErrYaw,AEKF",
            "sddddhhdh-",
            "FBBBBBBBB-",
        ),
        Layout(
            11,
            "IMU",
            "QBffffffIIfBBHH",
            "TimeUS,I,GyrX,GyrY,GyrZ,AccX,AccY,AccZ,EG,EA,T,GH,AH,GHz,AHz",
            "s#EEEooo--O--zz",
            "F-000000-----00",
        ),
        Layout(
            12,
            "BARO",
            "QBffcfIffB",
            "TimeUS,I,Alt,Press,Temp,CRt,SMS,Offset,GndTemp,Health",
            "s#mPOnsmO-",
            "F-00B0C?0-",
        ),
        Layout(
            13,
            "ARSP",
            "QBffcffBBffB",
            "TimeUS,I,Airspeed,DiffPress,Temp,RawPress,Offset,U,H,Hp,TR,Pri",
            "s#nPOPP-----",
            "F-00B00-----",
        ),
        Layout(14, "RCIN", "Q" + "H" * 14, "TimeUS," + CHANNELS, "s" + "Y" * 14, "F" + "-" * 14),
        Layout(15, "RCOU", "Q" + "H" * 14, "TimeUS," + CHANNELS, "s" + "Y" * 14, "F" + "-" * 14),
        Layout(16, "AETR", "Qfffffff", "TimeUS,Ail,Elev,Thr,Rudd,Flap,Steer,SS", "s-------", "F-------"),
        Layout(17, "POS", "QLLfff", "TimeUS,Lat,Lng,Alt,RelHomeAlt,RelOriginAlt", "sDUmmm", "FGG000"),
        Layout(18, "AOA", "Qff", "TimeUS,AOA,SSA", "sdd", "F00"),
        Layout(
            19,
            "XKF1",
            "QBccCfffffffccce",
            "TimeUS,C,Roll,Pitch,Yaw,VN,VE,VD,dPD,PN,PE,PD,GX,GY,GZ,OH",
            "s#ddhnnnnmmmkkkm",
            "F-BBB0000000BBBB",
        ),
        Layout(
            20,
            "XKF2",
            "QBccccchhhhhhfff",
            "TimeUS,C,AX,AY,AZ,VWN,VWE,MN,ME,MD,MX,MY,MZ,IDX,IDY,IS",
            "s#---nnGGGGGGoor",
            "F----BBCCCCCC000",
        ),
    )
}


def preamble() -> bytes:
    """What every log starts with: the layouts, the units and multipliers, and which field has which."""
    parts = [
        LAYOUTS["FMT"].encoded(layout.number, 3 + layout.struct.size, layout.name, layout.format, layout.fields)
        for layout in LAYOUTS.values()
    ]
    parts += [LAYOUTS["UNIT"].encoded(0, ord(letter), label) for letter, label in UNITS.items()]
    parts += [LAYOUTS["MULT"].encoded(0, ord(letter), factor) for letter, factor in MULTIPLIERS.items()]
    parts += [
        LAYOUTS["FMTU"].encoded(0, layout.number, layout.units, layout.multipliers) for layout in LAYOUTS.values()
    ]
    return b"".join(parts)
