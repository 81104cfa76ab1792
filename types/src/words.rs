//! The macro that defines an enum of words, and the error of a word that is none of them.

use std::fmt;

/// Text that is none of the words of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord {
    /// The words that there are.
    pub known: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    /// The text itself is not repeated: it may be a value that was given in a wrong place.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown word; expected one of {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// Defines an enum whose variants are written as words. The enum's `Debug` output is the name of
/// the variant.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $word:literal => $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$note])* $variant,)*
        }

        impl $name {
            /// All words, in the order of the variants.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word for it in specs, in JSON and in ledgers.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, $crate::UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::UnknownWord { known: Self::WORDS }),
                }
            }
        }
    };
}

pub(crate) use words;
